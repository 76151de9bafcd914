//! The browser worker.

fn main() {}
