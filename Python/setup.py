"""A wheel of the system that the library is of, and of any Python 3."""

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel


class LibraryDistribution(Distribution):
    """Holds a library of one system, though nothing is compiled here."""

    def has_ext_modules(self):
        return True


class LibraryWheel(bdist_wheel):
    def get_tag(self):
        return "py3", "none", "linux_x86_64"


setup(distclass=LibraryDistribution, cmdclass={"bdist_wheel": LibraryWheel})
