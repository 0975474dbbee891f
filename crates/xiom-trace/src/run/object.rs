//! The objects that the compiler built: programs, libraries and archives of objects.

use std::collections::HashSet;
use std::fs;
use std::path::Path;

use object::read::archive::ArchiveFile;
use object::{Object as _, ObjectSection as _};

use super::mapping::{self, FileTables, Record};

/// What an object says of the wanted files.
#[derive(Debug, Default)]
pub(super) struct Object {
    /// The records of its functions, as they stand in the file: by them a profile is known to be its own.
    pub(super) functions: Vec<u8>,
    pub(super) tables: FileTables,
    pub(super) records: Vec<Record>,
}

impl Object {
    /// Reads the object at `path`; `wanted` is asked for each file name, with the compiler's directory.
    ///
    /// # Errors
    ///
    /// Says what cannot be read.
    pub(super) fn read(
        path: &Path,
        wanted: impl FnMut(&str, &str) -> bool,
    ) -> Result<Self, String> {
        Self::parse(&fs::read(path).map_err(|error| error.to_string())?, wanted)
    }

    /// Reads the object that is `data`.
    pub(super) fn parse(
        data: &[u8],
        mut wanted: impl FnMut(&str, &str) -> bool,
    ) -> Result<Self, String> {
        let mut object = Self::default();
        let Ok(archive) = ArchiveFile::parse(data) else {
            let file = object::File::parse(data).map_err(|error| error.to_string())?;
            object.add(&file, &mut wanted)?;
            return Ok(object);
        };
        for member in archive.members() {
            let member = member.map_err(|error| error.to_string())?;
            let data = member.data(data).map_err(|error| error.to_string())?;
            // An archive also holds what is no object, such as the metadata of a crate.
            if let Ok(file) = object::File::parse(data) {
                object.add(&file, &mut wanted)?;
            }
        }
        Ok(object)
    }

    fn add(
        &mut self,
        file: &object::File<'_>,
        wanted: &mut impl FnMut(&str, &str) -> bool,
    ) -> Result<(), String> {
        // An object that is not linked has a section per function.
        let sections = |names: [&str; 2]| {
            file.sections()
                .filter(move |it| it.name().is_ok_and(|name| names.contains(&name)))
                .map(|it| it.data().map_err(|error| error.to_string()))
                .collect::<Result<Vec<_>, _>>()
        };
        for data in sections(["__llvm_prf_data", ".lprfd"])? {
            self.functions.extend_from_slice(data);
        }
        let mut tables = FileTables::new();
        for data in sections(["__llvm_covmap", ".lcovmap"])? {
            mapping::read_tables(data, &mut tables).map_err(|error| error.to_string())?;
        }
        tables.retain(|_, names| {
            let directory = names.first().cloned().unwrap_or_default();
            names.iter().any(|name| wanted(&directory, name))
        });
        let keys: HashSet<u64> = tables.keys().copied().collect();
        for data in sections(["__llvm_covfun", ".lcovfun"])? {
            mapping::read_records(data, |files| keys.contains(&files), &mut self.records)
                .map_err(|error| error.to_string())?;
        }
        self.tables.extend(tables);
        Ok(())
    }
}
