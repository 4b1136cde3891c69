# The training functions in AWS: one image, three entry points (template.yaml names them).
# Not Lambda's own base: its C library is older than the wheels of TensorFlow and others ask for.
# To publish, pin the base by digest: --build-arg BASE=python:3.11-slim-bookworm@sha256:…
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE} AS built
COPY requirements/setup.txt requirements/training.txt /lock/
RUN python -m venv --without-pip /opt/satispy && python -m venv /opt/setup && \
    /opt/setup/bin/pip install --no-cache-dir --require-hashes -r /lock/setup.txt
# Compiled once, here: an import of TensorFlow takes 4 s with byte code and 13 s without.
RUN /opt/setup/bin/uv pip install --python /opt/satispy/bin/python --no-cache --compile-bytecode \
    --require-hashes --no-deps --only-binary :all: -r /lock/training.txt
# SCALE=1: for tasks that retrain beyond one machine (infra/cloud/scale.yaml); functions have no Dask.
ARG SCALE=
COPY requirements/scale.txt /lock/
RUN if [ -n "${SCALE}" ]; then /opt/setup/bin/uv pip install --python /opt/satispy/bin/python \
    --no-cache --compile-bytecode --require-hashes --no-deps --only-binary :all: -r /lock/scale.txt; fi
# Symbols for debuggers: a fifth of it all.
RUN apt-get update -q && apt-get install -qy --no-install-recommends binutils && \
    find /opt/satispy/lib/python3.11/site-packages/tensorflow -name '*.so*' \
    -exec strip --strip-unneeded {} +
COPY . /source
# LightGBM wants an OpenMP library, which a slim base lacks: scikit-learn's wheel brings one.
RUN rm -r /source/satispy/client /source/satispy/dashboard && \
    /opt/setup/bin/python /source/infra/image/trim.py training /opt/satispy/lib/python3.11/site-packages && \
    /opt/setup/bin/python /source/infra/openmp.py /opt/satispy/lib/python3.11/site-packages && \
    /opt/setup/bin/uv pip install --python /opt/satispy/bin/python --no-cache --compile-bytecode \
    --no-deps --no-build-isolation --no-index /source

FROM ${BASE}
LABEL org.opencontainers.image.title="satispy-training" \
    org.opencontainers.image.description="Retrains sentiment models of French customer reviews" \
    org.opencontainers.image.licenses="Apache-2.0"
COPY --from=built /opt/satispy /opt/satispy
# A function can write to /tmp alone, and has no home.
ENV PATH=/opt/satispy/bin:$PATH \
    HOME=/tmp \
    PYTHONUNBUFFERED=1
WORKDIR /opt/satispy
ENTRYPOINT ["/opt/satispy/bin/python", "-m", "awslambdaric"]
CMD ["functions.train.handler"]
