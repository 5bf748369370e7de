"""The self-service actions: a request becomes files of a template, a commit, a review ticket, a run."""
