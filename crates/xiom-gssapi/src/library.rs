//! The library of the machine: found by name, its functions looked up once.
//!
//! Invariant: what was loaded stays loaded until the process ends, so no function outlives its code.

use alloc::sync::Arc;
use core::fmt;
use core::mem::ManuallyDrop;
use std::path::Path;

use crate::error::Error;
use crate::ffi::Api;
use crate::status::Status;

/// Where MIT's library is found, and on Apple's systems the framework with the same interface.
const NAMES: &[&str] = if cfg!(target_vendor = "apple") {
    &["libgssapi_krb5.dylib", "/System/Library/Frameworks/GSS.framework/GSS"]
} else {
    &["libgssapi_krb5.so.2", "libgssapi_krb5.so"]
};

/// A loaded library of Kerberos; cheap to clone.
#[derive(Clone)]
pub struct Library {
    api: Arc<Api>,
}

impl Library {
    /// Loads the machine's library by its usual name.
    ///
    /// # Errors
    ///
    /// Returns [`Error::NoLibrary`] when there is none, and [`Error::NoFunction`] for one that lacks a function.
    ///
    /// ```
    /// use xiom_gssapi::{Error, Library};
    ///
    /// match Library::load() {
    ///     Ok(library) => assert!(library.describe(0x7_0000, 0).contains("credentials")),
    ///     Err(error) => assert!(matches!(error, Error::NoLibrary { .. }), "{error}"),
    /// }
    /// ```
    pub fn load() -> Result<Self, Error> {
        let mut last = Error::NoLibrary { cause: Box::default() };
        for name in NAMES {
            // SAFETY: the loader's own search for these names finds the system's GSS library, which has
            // initialisers meant to run in any process, and functions of the types in `ffi`.
            match unsafe { Self::load_from(Path::new(name)) } {
                Err(error @ Error::NoLibrary { .. }) => last = error,
                result => return result,
            }
        }
        Err(last)
    }

    /// Loads the library from `path`.
    ///
    /// # Errors
    ///
    /// As [`Self::load`].
    ///
    /// # Safety
    ///
    /// The file is a library that may be loaded into this process, and whose functions have the types of
    /// MIT's `gssapi.h`.
    pub unsafe fn load_from(path: impl AsRef<Path>) -> Result<Self, Error> {
        //= SRS_SASL_MECHANISMS_01_116
        // SAFETY: the caller promises that the initialisers may run.
        let library = unsafe { libloading::Library::new(path.as_ref()) }
            .map_err(|error| Error::NoLibrary { cause: error.to_string().into() })?;
        let library = ManuallyDrop::new(library);
        // SAFETY: the caller promises the types of the functions.
        let api = unsafe { lookup(&library) }?;
        Ok(Self { api: Arc::new(api) })
    }

    /// What the two codes of a status mean, such as those of `xiom_core::AuthFault::Gss`.
    ///
    /// The library knows the codes of what has failed in this process, and the details in the thread where it failed.
    #[must_use]
    pub fn describe(&self, major: u32, minor: u32) -> String {
        Status::new(self, major, minor).to_string()
    }

    pub(crate) fn api(&self) -> &Api {
        &self.api
    }
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Library").finish_non_exhaustive()
    }
}

/// Looks all functions up.
///
/// # Safety
///
/// They have the types of MIT's `gssapi.h`, and the library stays loaded.
unsafe fn lookup(library: &libloading::Library) -> Result<Api, Error> {
    // SAFETY: each field has the type of the function of its name; the caller promises the rest.
    unsafe {
        Ok(Api {
            import_name: function(library, "gss_import_name")?,
            display_name: function(library, "gss_display_name")?,
            release_name: function(library, "gss_release_name")?,
            release_buffer: function(library, "gss_release_buffer")?,
            acquire_cred: function(library, "gss_acquire_cred")?,
            acquire_cred_from: function(library, "gss_acquire_cred_from").ok(),
            release_cred: function(library, "gss_release_cred")?,
            init_sec_context: function(library, "gss_init_sec_context")?,
            accept_sec_context: function(library, "gss_accept_sec_context")?,
            delete_sec_context: function(library, "gss_delete_sec_context")?,
            inquire_context: function(library, "gss_inquire_context")?,
            wrap: function(library, "gss_wrap")?,
            unwrap: function(library, "gss_unwrap")?,
            wrap_size_limit: function(library, "gss_wrap_size_limit")?,
            display_status: function(library, "gss_display_status")?,
        })
    }
}

/// Looks one function up.
///
/// # Safety
///
/// `F` is the type of a pointer to the function `name`, and the library stays loaded.
unsafe fn function<F: Copy>(library: &libloading::Library, name: &'static str) -> Result<F, Error> {
    // SAFETY: the caller promises the type.
    let symbol = unsafe { library.get::<F>(name) };
    symbol.map(|symbol| *symbol).map_err(|_| Error::NoFunction { name })
}
