//! The least that a client can be, with the default features: `cargo xtask bench` tells its size and its build time.
//!
//! ```text
//! xiom-minimal URL
//! ```

use core::error::Error;
use std::env::args;
use std::io::Write as _;

fn main() -> Result<(), Box<dyn Error>> {
    let url = args().nth(1).ok_or("usage: xiom-minimal URL")?;
    let mut stream = xiom::blocking::connect(&url)?;
    stream.write_all(b"hello")?;
    stream.flush()?;
    stream.close()?;
    Ok(())
}
