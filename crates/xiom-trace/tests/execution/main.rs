//! Projects are generated, built and run: which spans were executed, how tests end, where tests are found.
#![cfg(test)]

mod outcomes;
mod places;
mod project;
mod regions;
mod workspaces;
