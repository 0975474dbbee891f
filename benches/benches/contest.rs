//! The rows that other implementations can join, without them: Xiom and the limits.
//!
//! ```text
//! cargo bench -p xiom-benches --bench contest -- [--quick] [--out FILE] [ROW-FILTER…]
//! ```

use anyhow::Result;
use xiom_benches::contest::Contest;
use xiom_benches::rows::{self, Nobody};

fn main() -> Result<()> {
    let mut contest = Contest::from_arguments()?;
    rows::run(&mut contest, &Nobody)?;
    contest.finish()
}
