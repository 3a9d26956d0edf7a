"""What people send beside words: told apart by content, taken in, prepared by jobs, served to who may read it now."""
