from tests.diffusion.fixtures import one_thread, tiny_folder

__all__ = ["one_thread", "tiny_folder"]  # pytest finds fixtures by name
