"""The load: many browsers in one process, on one epoll loop, so that it is not what limits the house."""
