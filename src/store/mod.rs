//! Stores behind the ports: in memory, in files, and in the browser's IndexedDB.

#[cfg(not(target_arch = "wasm32"))]
mod disk;
#[cfg(not(target_arch = "wasm32"))]
pub mod files;
#[cfg(all(target_arch = "wasm32", feature = "web"))]
pub mod indexeddb;
#[cfg(any(not(target_arch = "wasm32"), feature = "web"))]
pub mod locks;

/// Documents and files in memory.
pub mod memory {
    pub use crate::base::fakes::{MemoryFiles, MemoryLocks, MemoryStore};
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[path = "../../tests/store/conformance.rs"]
mod conformance;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::conformance;
    use super::files::{DiskFiles, FileStore};
    use super::memory::{MemoryFiles, MemoryStore};
    use crate::base::system::block_on;

    #[test]
    fn memory_keeps_the_rules() {
        block_on(conformance::documents(&MemoryStore::new()));
        block_on(conformance::files(&MemoryFiles::new(), "x"));
    }

    #[test]
    fn files_keep_the_rules() {
        let dir = tempfile::tempdir().unwrap();
        block_on(conformance::documents(
            &FileStore::open(dir.path()).unwrap(),
        ));
        let root = dir.path().join("some/folder");
        block_on(conformance::files(&DiskFiles, &root.to_string_lossy()));
    }
}
