"""What links lead to, seen from here: other people's pages by a guarded look at them, our own by what one may see."""
