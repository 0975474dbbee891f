//! What the library gives out, owned: names, credentials, contexts and buffers, each released once.
//!
//! Invariant: a handle is used with the library that made it, and is valid until it is dropped.

use alloc::ffi::CString;
use core::ffi::{c_int, c_void};
use core::ptr::{null, null_mut};

use crate::error::Error;
use crate::ffi::{
    Buffer, HOSTBASED_SERVICE, Handle, KRB5, KeyValue, KeyValueSet, MECHANISMS, Oid, PRINCIPAL,
};
use crate::library::Library;
use crate::status::Status;

/// The errors among the bits of a status; the others inform (RFC 2744 section 3.9.1).
const ERRORS: u32 = 0xffff_0000;
/// `GSS_S_CONTINUE_NEEDED`
pub(crate) const CONTINUE: u32 = 1;

/// A name, of a service or of a user.
pub(crate) struct Name {
    library: Library,
    raw: Handle,
}

impl Name {
    /// `service@host`, as the library completes it.
    pub(crate) fn service(library: &Library, name: &str) -> Result<Self, Error> {
        Self::import(library, name, &HOSTBASED_SERVICE)
    }

    /// `user@REALM`
    pub(crate) fn principal(library: &Library, name: &str) -> Result<Self, Error> {
        Self::import(library, name, &PRINCIPAL)
    }

    fn import(library: &Library, name: &str, kind: &'static Oid) -> Result<Self, Error> {
        if name.contains('\0') {
            return Err(Error::ProhibitedCharacter);
        }
        let (mut minor, mut raw, input) = (0, null_mut(), borrowed(name.as_bytes()));
        // SAFETY: all pointers are valid during the call; the library copies the name and its type.
        let major = unsafe {
            (library.api().import_name)(&raw mut minor, &raw const input, kind, &raw mut raw)
        };
        success(library, major, minor)?;
        Ok(Self { library: library.clone(), raw })
    }

    /// The name as text, if it is UTF-8.
    fn text(&self) -> Option<Box<str>> {
        let (mut minor, mut text) = (0, Owned::new(&self.library));
        // SAFETY: the name is valid, and so are the pointers; the type of the name is not asked for.
        let major = unsafe {
            (self.library.api().display_name)(
                &raw mut minor,
                self.raw,
                &raw mut text.raw,
                null_mut(),
            )
        };
        (major & ERRORS == 0).then(|| str::from_utf8(text.octets()).ok().map(Box::from))?
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        let mut minor = 0;
        // SAFETY: the name came from this library, and is released here alone.
        unsafe { (self.library.api().release_name)(&raw mut minor, &raw mut self.raw) };
    }
}

// SAFETY: the library ties a name to no thread; whoever owns this is the only user of it.
unsafe impl Send for Name {}

/// Keys or tickets.
pub(crate) struct Credential {
    library: Library,
    raw: Handle,
}

impl Credential {
    /// Those of `name`, or of whomever the places hold, which are pairs as MIT's documentation of credential
    /// stores describes; without places those of the environment.
    pub(crate) fn acquire(
        library: &Library,
        name: Option<&Name>,
        usage: c_int,
        places: &[(&str, &str)],
    ) -> Result<Self, Error> {
        let (mut minor, mut raw) = (0, null_mut());
        let name = name.map_or(null_mut(), |name| name.raw);
        let texts =
            places.iter().map(|(key, value)| Ok((CString::new(*key)?, CString::new(*value)?)));
        let texts = texts.collect::<Result<Vec<_>, alloc::ffi::NulError>>();
        let texts = texts.map_err(|_| Error::ProhibitedCharacter)?;
        let elements: Vec<KeyValue> = texts
            .iter()
            .map(|(key, value)| KeyValue { key: key.as_ptr(), value: value.as_ptr() })
            .collect();
        let api = library.api();
        let major = if elements.is_empty() {
            // SAFETY: the name is valid or null, the set of mechanisms is static, and the rest is written to.
            unsafe {
                (api.acquire_cred)(
                    &raw mut minor,
                    name,
                    INDEFINITE,
                    &raw const MECHANISMS,
                    usage,
                    &raw mut raw,
                    null_mut(),
                    null_mut(),
                )
            }
        } else {
            let function =
                api.acquire_cred_from.ok_or(Error::NoFunction { name: "gss_acquire_cred_from" })?;
            let count = u32::try_from(elements.len()).unwrap_or_default();
            let store = KeyValueSet { count, elements: elements.as_ptr() };
            // SAFETY: as above; the store and its texts live until after the call, and the library copies them.
            unsafe {
                function(
                    &raw mut minor,
                    name,
                    INDEFINITE,
                    &raw const MECHANISMS,
                    usage,
                    &raw const store,
                    &raw mut raw,
                    null_mut(),
                    null_mut(),
                )
            }
        };
        success(library, major, minor)?;
        Ok(Self { library: library.clone(), raw })
    }
}

impl Drop for Credential {
    fn drop(&mut self) {
        let mut minor = 0;
        // SAFETY: the credential came from this library, and is released here alone.
        unsafe { (self.library.api().release_cred)(&raw mut minor, &raw mut self.raw) };
    }
}

// SAFETY: the library ties a credential to no thread.
unsafe impl Send for Credential {}
// SAFETY: the library locks a credential while it uses it, so that contexts in several threads may share it.
unsafe impl Sync for Credential {}

/// One end of a security context; null before its first token.
pub(crate) struct SecurityContext {
    library: Library,
    raw: Handle,
}

/// What one step of a context gave.
pub(crate) struct Stepped {
    pub(crate) token: Vec<u8>,
    pub(crate) is_complete: bool,
    pub(crate) flags: u32,
}

impl SecurityContext {
    pub(crate) fn new(library: &Library) -> Self {
        Self { library: library.clone(), raw: null_mut() }
    }

    /// Goes a step towards `target`, and asks for `flags`.
    pub(crate) fn initiate(
        &mut self,
        credential: Option<&Credential>,
        target: &Name,
        flags: u32,
        token: &[u8],
    ) -> Result<Stepped, Status> {
        let (mut minor, mut granted, mut out) = (0, 0, Owned::new(&self.library));
        let credential = credential.map_or(null_mut(), |credential| credential.raw);
        let input = borrowed(token);
        // SAFETY: all handles are valid or null as the interface permits, all pointers are valid during the
        // call, and the library copies what it keeps.
        let major = unsafe {
            (self.library.api().init_sec_context)(
                &raw mut minor,
                credential,
                &raw mut self.raw,
                target.raw,
                &raw const KRB5,
                flags,
                DEFAULT_LIFETIME,
                null(),
                &raw const input,
                null_mut(),
                &raw mut out.raw,
                &raw mut granted,
                null_mut(),
            )
        };
        self.stepped(major, minor, granted, &out)
    }

    /// Takes a token of an initiator; what it delegates is not asked for.
    pub(crate) fn accept(
        &mut self,
        credential: &Credential,
        token: &[u8],
    ) -> Result<Stepped, Status> {
        let (mut minor, mut granted, mut out) = (0, 0, Owned::new(&self.library));
        let input = borrowed(token);
        // SAFETY: as for `initiate`.
        let major = unsafe {
            (self.library.api().accept_sec_context)(
                &raw mut minor,
                &raw mut self.raw,
                credential.raw,
                &raw const input,
                null(),
                null_mut(),
                null_mut(),
                &raw mut out.raw,
                &raw mut granted,
                null_mut(),
                null_mut(),
            )
        };
        self.stepped(major, minor, granted, &out)
    }

    fn stepped(&self, major: u32, minor: u32, flags: u32, out: &Owned) -> Result<Stepped, Status> {
        // A repeated or an old token is fatal here, although it only informs elsewhere.
        if major & !CONTINUE != 0 {
            return Err(Status::new(&self.library, major, minor));
        }
        let token = out.octets().to_vec();
        Ok(Stepped { token, is_complete: major & CONTINUE == 0, flags })
    }

    /// The name of the initiator of a complete context.
    pub(crate) fn initiator(&self) -> Option<Box<str>> {
        if self.raw.is_null() {
            return None;
        }
        let (mut minor, mut raw) = (0, null_mut());
        let nothing: *mut c_int = null_mut();
        // SAFETY: the context is valid; the name is released below, and nothing else is asked for.
        let major = unsafe {
            (self.library.api().inquire_context)(
                &raw mut minor,
                self.raw,
                &raw mut raw,
                null_mut(),
                null_mut(),
                null_mut(),
                null_mut(),
                nothing,
                nothing,
            )
        };
        let name = Name { library: self.library.clone(), raw };
        (major & ERRORS == 0 && !name.raw.is_null()).then(|| name.text())?
    }

    /// The token of `plain`, and whether it is encrypted.
    pub(crate) fn wrap(&mut self, encrypt: bool, plain: &[u8]) -> Result<(Owned, bool), Status> {
        let (mut minor, mut is_encrypted, mut out) = (0, 0, Owned::new(&self.library));
        let input = borrowed(plain);
        self.check()?;
        // SAFETY: the context is valid, and all pointers are during the call; the input is only read.
        let major = unsafe {
            (self.library.api().wrap)(
                &raw mut minor,
                self.raw,
                c_int::from(encrypt),
                0,
                &raw const input,
                &raw mut is_encrypted,
                &raw mut out.raw,
            )
        };
        if major != 0 {
            return Err(Status::new(&self.library, major, minor));
        }
        Ok((out, is_encrypted != 0))
    }

    /// The plain octets of `token`, and whether they were encrypted.
    ///
    /// A status that informs of a repetition or of disorder is an error here, too.
    pub(crate) fn unwrap(&mut self, token: &[u8]) -> Result<(Owned, bool), Status> {
        let (mut minor, mut is_encrypted, mut out) = (0, 0, Owned::new(&self.library));
        out.is_secret = true;
        let input = borrowed(token);
        self.check()?;
        // SAFETY: the context is valid, and all pointers are during the call; the input is only read.
        let major = unsafe {
            (self.library.api().unwrap)(
                &raw mut minor,
                self.raw,
                &raw const input,
                &raw mut out.raw,
                &raw mut is_encrypted,
                null_mut(),
            )
        };
        if major != 0 {
            return Err(Status::new(&self.library, major, minor));
        }
        out.is_secret = is_encrypted != 0;
        Ok((out, is_encrypted != 0))
    }

    /// Octets that a token of at most `max_token` octets carries.
    pub(crate) fn wrap_size_limit(&mut self, encrypt: bool, max_token: u32) -> Result<u32, Status> {
        let (mut minor, mut limit) = (0, 0);
        self.check()?;
        // SAFETY: the context is valid, and so are both pointers.
        let major = unsafe {
            (self.library.api().wrap_size_limit)(
                &raw mut minor,
                self.raw,
                c_int::from(encrypt),
                0,
                max_token,
                &raw mut limit,
            )
        };
        if major == 0 { Ok(limit) } else { Err(Status::new(&self.library, major, minor)) }
    }

    /// Refuses to call the library without a context.
    fn check(&self) -> Result<(), Status> {
        if self.raw.is_null() { Err(Status::new(&self.library, NO_CONTEXT, 0)) } else { Ok(()) }
    }
}

impl Drop for SecurityContext {
    fn drop(&mut self) {
        let mut minor = 0;
        if !self.raw.is_null() {
            // SAFETY: the context came from this library, and is deleted here alone; no token is asked for.
            unsafe {
                (self.library.api().delete_sec_context)(
                    &raw mut minor,
                    &raw mut self.raw,
                    null_mut(),
                )
            };
        }
    }
}

// SAFETY: the library ties a context to no thread, but lets only one use it at a time; whoever owns this is the
// only user of it, and there is no `Sync`.
unsafe impl Send for SecurityContext {}

/// Octets that the library allocated; wiped if they are secret, as what was encrypted is.
pub(crate) struct Owned {
    library: Library,
    raw: Buffer,
    is_secret: bool,
}

impl Owned {
    /// Room for octets that may be seen by anybody, such as those of a token.
    fn new(library: &Library) -> Self {
        let raw = Buffer { length: 0, value: null_mut() };
        Self { library: library.clone(), raw, is_secret: false }
    }

    pub(crate) fn octets(&self) -> &[u8] {
        if self.raw.value.is_null() {
            return &[];
        }
        // SAFETY: the library has allocated and written so many octets, which live until they are released.
        unsafe { core::slice::from_raw_parts(self.raw.value.cast::<u8>(), self.raw.length) }
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        let mut minor = 0;
        if self.raw.value.is_null() {
            return;
        }
        if self.is_secret {
            // SAFETY: as for `octets`; nobody else sees this memory, which is not constant.
            xiom_core::wipe(unsafe {
                core::slice::from_raw_parts_mut(self.raw.value.cast::<u8>(), self.raw.length)
            });
        }
        // SAFETY: the buffer came from this library, and is released here alone.
        unsafe { (self.library.api().release_buffer)(&raw mut minor, &raw mut self.raw) };
    }
}

/// The library's text for a code of a kind; empty if it has none.
pub(crate) fn status_text(library: &Library, code: u32, kind: c_int) -> String {
    let (mut text, mut more) = (String::new(), 0);
    // A code may have several texts; nobody needs more than a few.
    for _ in 0..4 {
        let (mut minor, mut part) = (0, Owned::new(library));
        // SAFETY: all pointers are valid during the call, and the mechanism's name is static.
        let major = unsafe {
            (library.api().display_status)(
                &raw mut minor,
                code,
                kind,
                &raw const KRB5,
                &raw mut more,
                &raw mut part.raw,
            )
        };
        if major & ERRORS != 0 {
            break;
        }
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(&String::from_utf8_lossy(part.octets()));
        if more == 0 {
            break;
        }
    }
    text
}

/// A buffer of the interface over octets that it only reads.
const fn borrowed(octets: &[u8]) -> Buffer {
    Buffer { length: octets.len(), value: octets.as_ptr().cast_mut().cast::<c_void>() }
}

fn success(library: &Library, major: u32, minor: u32) -> Result<(), Error> {
    if major & ERRORS == 0 { Ok(()) } else { Err(Status::new(library, major, minor).into()) }
}

/// `GSS_C_INDEFINITE`
const INDEFINITE: u32 = u32::MAX;
/// The default lifetime of a context.
const DEFAULT_LIFETIME: u32 = 0;
/// `GSS_S_NO_CONTEXT`
const NO_CONTEXT: u32 = 8 << 16;
