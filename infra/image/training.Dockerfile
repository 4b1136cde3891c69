# The training functions in AWS: one image, three entry points (template.yaml names them).
FROM public.ecr.aws/lambda/python:3.11
COPY requirements/training.txt /tmp/
# Compiled once, here: an import of TensorFlow takes 4 s with byte code and 13 s without.
RUN python -m pip install --no-cache-dir --require-hashes --no-deps --compile -r /tmp/training.txt && \
    rm /tmp/training.txt
COPY functions ${LAMBDA_TASK_ROOT}/functions
COPY satispy ${LAMBDA_TASK_ROOT}/satispy
CMD ["functions.train.handler"]
