"""How strange an image is to a model: scores, thresholds that keep their promise, rivals."""
