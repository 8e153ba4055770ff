# A recipe for Spack 1.0 and later. Checked as Python and against tools/packages.txt
# (tests/program/recipes.sh); not built where it was written, which has no Spack.
#
# It lies in a repository of packages as packages/paraudit/package.py; the sources are a folder of
# the site's, named by `spack develop` in an environment:
#
#     spack repo create site && spack repo add site/spack_repo/site
#     mkdir site/spack_repo/site/packages/paraudit
#     cp jobs/spack/package.py site/spack_repo/site/packages/paraudit/
#     spack env activate --create paraudit
#     spack develop --path "$PWD" paraudit@0.1.0
#     spack add paraudit@0.1.0 ^openmpi schedulers=slurm
#     spack install
#
# With a file system of stripes (Lustre): ^openmpi +romio romio-filesystem=lustre.

from spack_repo.builtin.build_systems.cmake import CMakePackage

from spack.package import *


class Paraudit(CMakePackage):
    """Audits a whole card portfolio for fraud in one MPI batch job; the result file has the same
    bytes for any number of ranks."""

    maintainers("paraudit")

    license("MIT", checked_by="paraudit")

    version("0.1.0")

    depends_on("c", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("ninja", type="build")
    depends_on("pkgconfig", type="build")

    depends_on("openmpi@4.1:")
    depends_on("hdf5@1.10.8:1.14 +mpi+hl+tools")
    depends_on("openblas@0.3.21: threads=none")
    depends_on("libinih")
    depends_on("jansson@2.14:")
    depends_on("xxhash@0.8:")
    depends_on("random123")
    depends_on("openssl@3:")
    depends_on("zlib-api")
    depends_on("zstd@1.5:")
    depends_on("cunit", type="test")

    generator("ninja")

    # Names of time zones are looked up in the system's tzdata.
    requires("platform=linux")

    def cmake_args(self):
        return [
            self.define("PARAUDIT_TESTS", self.run_tests),
            self.define("BLA_VENDOR", "OpenBLAS"),
            self.define("HDF5_PREFER_PARALLEL", True),
        ]

    def setup_run_environment(self, env):
        # A rank is one thread.
        env.set("OMP_NUM_THREADS", "1")
        env.set("OPENBLAS_NUM_THREADS", "1")
