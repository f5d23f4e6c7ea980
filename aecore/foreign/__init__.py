"""Models from elsewhere, and ours for elsewhere: ONNX written and read, any two functions wrapped.

What is read is described by our own layers where it can be, and is then a checkpoint like any
other. `onnx` and `onnxruntime` are optional; without them all else works.
"""
