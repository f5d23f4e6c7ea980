FROM python:3.11-slim

WORKDIR /app
COPY . .

# torch for processors alone; give TORCH_INDEX=https://pypi.org/simple for a machine with a GPU.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
RUN pip install --no-cache-dir --extra-index-url $TORCH_INDEX -e .

# Runs, own checkpoints and data sets live on the volume, everything else is read only.
RUN useradd --create-home explorer && mkdir /data && chown explorer /data
USER explorer
ENV AECORE_HOME=/data/home AECORE_CACHE_DIR=/data/cache AECORE_DATA_DIR=/data/sets OMP_WAIT_POLICY=PASSIVE MALLOC_ARENA_MAX=2
VOLUME /data

EXPOSE 8501
HEALTHCHECK CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=5)"]
CMD ["streamlit", "run", "app.py", "--server.headless", "true", "--server.address", "0.0.0.0", "--server.port", "8501"]
