"""The user's own pictures: the ways in, files, samples, and what is carried to other pages."""
