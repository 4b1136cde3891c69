# The app: its pages, and nothing that trains or serves. Settings are SATISPY_… variables; behind a
# name of its own add --allow-websocket-origin NAME to the command, and say SATISPY_HOSTS=NAME. It wants
# SATISPY_APP_SECRET, which signs its cookies; behind a proxy SATISPY_BEHIND_PROXY=1 (docs/security.md).
# To publish, pin the base by digest: --build-arg BASE=python:3.11-slim-bookworm@sha256:…
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE} AS built
COPY requirements/setup.txt requirements/dashboard.txt /lock/
RUN python -m venv --without-pip /opt/satispy && python -m venv /opt/setup && \
    /opt/setup/bin/pip install --no-cache-dir --require-hashes -r /lock/setup.txt
RUN /opt/setup/bin/uv pip install --python /opt/satispy/bin/python --no-cache \
    --require-hashes --no-deps --only-binary :all: -r /lock/dashboard.txt
# Symbols for debuggers. Not numpy.libs, whose libraries auditwheel has laid out anew.
RUN apt-get update -q && apt-get install -qy --no-install-recommends binutils && \
    find /opt/satispy -name '*.so' -not -path '*/numpy.libs/*' -exec strip --strip-unneeded {} +
COPY . /source
# setuptools installs satispy and goes, and so does what the app never reads (infra/image/trim.py says
# what, and why); then byte code is made, once: nothing of it can be written later.
RUN /opt/setup/bin/uv pip install --python /opt/satispy/bin/python --no-cache \
    --no-deps --no-build-isolation --no-index /source && \
    /opt/setup/bin/uv pip uninstall --python /opt/satispy/bin/python setuptools && \
    /opt/setup/bin/python /source/infra/image/trim.py app /opt/satispy/lib/python3.11/site-packages && \
    /opt/satispy/bin/python -m compileall -q -j 0 /opt/satispy/lib/python3.11/site-packages

FROM ${BASE}
LABEL org.opencontainers.image.title="satispy-app" \
    org.opencontainers.image.description="How sentiment models of French customer reviews evolve" \
    org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --uid 1034 --no-create-home satispy
COPY --from=built /opt/satispy /opt/satispy
# /tmp may be all that can be written.
ENV PATH=/opt/satispy/bin:$PATH \
    HOME=/tmp \
    PYTHONUNBUFFERED=1
WORKDIR /opt/satispy
USER satispy
EXPOSE 5006
HEALTHCHECK --interval=15s --timeout=3s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:5006/liveness', timeout=2)"]
ENTRYPOINT ["python", "-m", "satispy.dashboard"]
CMD ["--address=0.0.0.0", "--port=5006", "--liveness", "--session-token-expiration=604800"]
