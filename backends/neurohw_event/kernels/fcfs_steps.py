"""What a packet does on a link, as the steps of its way say it."""

# TAIL: only with its tail it is where it goes; ENTER: so, before a crossbar to which nothing else leads from there on
HEAD, TAIL, ENTER, ENCODE, READ = range(5)
KIND_BITS = 3
LAST = 1 << KIND_BITS  # of the steps that packets at one place take, each of them a copy
FLAG_BITS = KIND_BITS + 1
NOBODY = -(2**31)  # step of an entry without packet
