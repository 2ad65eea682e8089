# One image for every role:
#   python -m api serve         all in one, migrates when it starts (the default)
#   python -m api web           answers requests
#   python -m service worker    plans
#   python -m service migrate   brings the database up to date, once

ARG PYTHON=3.12

FROM python:${PYTHON}-slim AS packages
WORKDIR /build
COPY requirements.txt .
# pip fills the environment from outside, so that none of it stays in the image.
RUN python -m venv --without-pip /venv \
    && python -m pip --python /venv/bin/python install --no-cache-dir --no-input \
       --require-hashes --only-binary :all: -r requirements.txt

# Scripts of others that the pages use.
FROM node:22-slim AS scripts
WORKDIR /build
COPY package.json package-lock.json ./
COPY .ci/pages .ci/pages
RUN sh .ci/pages

FROM python:${PYTHON}-slim
RUN python -m pip uninstall --yes --quiet --root-user-action ignore pip \
    && groupadd --gid 10001 tournee \
    && useradd --uid 10001 --gid 10001 --home-dir /app --no-create-home --shell /usr/sbin/nologin tournee \
    && install -d -o tournee -g tournee /app /app/var
COPY --from=packages /venv /venv
WORKDIR /app
COPY routing routing
COPY service service
COPY api api
COPY --from=scripts /build/api/pages/static/vendor api/pages/static/vendor
# The code stays root's: what runs it cannot change it.
RUN /venv/bin/python -m compileall -q api service routing

ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    TOURNEE_HOST=0.0.0.0 \
    TOURNEE_LOG_FORMAT=json
USER 10001:10001
# Compiled for the processor that builds; on another one a worker does it when it starts. What lies in the temporary
# folder is handed on at each start, since that folder may be empty then and the rest read-only.
RUN TMPDIR=/app/search && export TMPDIR && mkdir /app/search && python -m routing.solver.compile
ENTRYPOINT ["sh", "-c", "cp -Rn /app/search/. \"${TMPDIR:-/tmp}\" 2>/dev/null; exec \"$0\" \"$@\""]
VOLUME /app/var
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=6s --start-period=60s --retries=3 CMD ["python", "-c", \
    "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ.get('TOURNEE_PORT', '8080') + '/readyz', timeout=5)"]
CMD ["python", "-m", "api", "serve"]
