"""Where calls are computed: here, in worker processes, on a cluster. Knows no active learning."""
