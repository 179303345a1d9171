"""The mathematics of a network: forward, backward, update. Knows no data sets, no files and no screen."""

from threadpoolctl import threadpool_limits

# Small matrices lose time to BLAS threads, and a sum split over threads is not the same sum bit for bit.
threadpool_limits(limits=1, user_api="blas")
