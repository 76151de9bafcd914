//! What every stage shares and nothing of the product's own: geometry, colour, random
//! streams, hashes, canonical JSON, limits and the ports to the outside world.

pub mod color;
pub mod fakes;
pub mod geometry;
pub mod hash;
pub mod http;
pub mod json;
pub mod limits;
pub mod ports;
pub mod rng;
pub(crate) mod strict;
pub mod system;
pub mod time;
