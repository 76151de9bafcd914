//! Real jobs through the real adapters, against scripted servers of the vendors' interfaces
//! (`tests/servers`, run by Node).

#![allow(clippy::unwrap_used, reason = "a test ends where it fails")]

mod bearer;
mod fireworks;
mod harness;
mod openai;
mod together;
mod trainer;
mod vertex;
