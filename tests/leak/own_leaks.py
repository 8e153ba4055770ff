"""Prints the leaks in valgrind's report that are ours, and exits with 1 if there are any.

    own_leaks.py REPORT.xml PROGRAM

A block is ours when, from the allocation outwards, a function of PROGRAM comes before
one of the libraries below, which keep or lose memory of their own. So what zstd or the
C library allocates for us is ours, and a callback of ours under HDF5 is as well."""
import os
import re
import sys
import xml.etree.ElementTree

THEIRS = re.compile(r"/(lib(mpi|open-|hdf5|pmix|hwloc|event|ucs|uct|fabric|openblas|OpenCL)|mca_|ld-linux)[^/]*$")


def is_ours(stack, program):
    for frame in stack.iter("frame"):
        where = frame.findtext("obj") or ""
        if where and os.path.realpath(where) == program:
            return True
        if THEIRS.search(where):
            return False
    return False


def main(report, program):
    root = xml.etree.ElementTree.parse(report).getroot()
    assert root.findtext("status[last()]/state") == "FINISHED", "the report is not whole"
    lost = [e for e in root.iter("error") if e.findtext("kind") == "Leak_DefinitelyLost"]
    ours = [e for e in lost if is_ours(e.find("stack"), os.path.realpath(program))]
    for error in ours:
        print(error.findtext("xwhat/text"))
        for frame in error.find("stack").iter("frame"):
            print("   ", frame.findtext("fn"), frame.findtext("file") or frame.findtext("obj"), frame.findtext("line") or "")
    print(f"{len(lost)} blocks are lost for good, {len(ours)} of them are ours")
    return len(ours) > 0


sys.exit(main(*sys.argv[1:]))
