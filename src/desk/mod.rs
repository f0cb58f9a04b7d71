//! The desk: a web page on this machine alone, on which an officer does the whole job or reviews
//! the pairs of a finished run. What is served, to whom, and how it looks; nothing here weighs
//! evidence or writes a list: runs are made by [`crate::pipeline`], decisions kept by
//! [`crate::decide`].

mod columns;
mod guard;
mod job;
mod logged;
mod open_run;
mod pages;
mod queue;
mod routes;
mod run_folder;
mod runner;
mod server;
mod session;
mod standing;
mod state;
mod verdict;

pub use run_folder::OpenError;
pub use server::{DeskError, DeskOptions, Place, serve};
