"""`python -m pipelines` is `juesuan`."""

from pipelines.cli import main

if __name__ == "__main__":
    main()
