"""The demo data of the embedded set-up: made by the same actions as real data, its dates counted from `now`."""

from home.demo.story import load

__all__ = ["load"]
