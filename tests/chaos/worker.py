"""The worker of `celery -A coalition worker -P threads -c 4`, started without the command line.

Twenty of them start in one test, and importing Celery's commands takes longer than all else a worker does there.
"""

import sys

from coalition.celery import app

if __name__ == "__main__":
    app.Worker(
        pool="threads",
        concurrency=int(sys.argv[1]),
        loglevel="WARNING",
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    ).start()
