"""What the tests share: the program, clients of it, and what AWS says a right answer is."""
