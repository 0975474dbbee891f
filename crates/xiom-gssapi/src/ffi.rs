//! The C interface of GSS-API (RFC 2744), as far as it is used.
//!
//! Invariant: the layouts and signatures are those of MIT's `gssapi.h`.

use core::ffi::{c_char, c_int, c_void};

/// `gss_name_t`, `gss_cred_id_t` and `gss_ctx_id_t`: a pointer to what only the library knows.
pub(crate) type Handle = *mut c_void;

/// `gss_buffer_desc`
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Buffer {
    pub(crate) length: usize,
    pub(crate) value: *mut c_void,
}

/// `gss_OID_desc`, which Apple packs on its older machines.
#[cfg_attr(all(target_vendor = "apple", target_arch = "x86_64"), repr(C, packed(2)))]
#[cfg_attr(not(all(target_vendor = "apple", target_arch = "x86_64")), repr(C))]
pub(crate) struct Oid {
    length: u32,
    elements: *const u8,
}

// SAFETY: an `Oid` is made here alone, and points to octets that are static and never written.
unsafe impl Sync for Oid {}

/// `gss_OID_set_desc`
#[cfg_attr(all(target_vendor = "apple", target_arch = "x86_64"), repr(C, packed(2)))]
#[cfg_attr(not(all(target_vendor = "apple", target_arch = "x86_64")), repr(C))]
pub(crate) struct OidSet {
    count: usize,
    elements: *const Oid,
}

// SAFETY: as for `Oid`.
unsafe impl Sync for OidSet {}

/// `gss_key_value_element_desc`
#[repr(C)]
pub(crate) struct KeyValue {
    pub(crate) key: *const c_char,
    pub(crate) value: *const c_char,
}

/// `gss_key_value_set_desc`
#[repr(C)]
pub(crate) struct KeyValueSet {
    pub(crate) count: u32,
    pub(crate) elements: *const KeyValue,
}

/// Kerberos 5, 1.2.840.113554.1.2.2
pub(crate) static KRB5: Oid = oid(b"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02");
/// `GSS_C_NT_HOSTBASED_SERVICE`, 1.2.840.113554.1.2.1.4
pub(crate) static HOSTBASED_SERVICE: Oid = oid(b"\x2a\x86\x48\x86\xf7\x12\x01\x02\x01\x04");
/// `GSS_KRB5_NT_PRINCIPAL_NAME`, 1.2.840.113554.1.2.2.1
pub(crate) static PRINCIPAL: Oid = oid(b"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01");
/// Kerberos and nothing else.
pub(crate) static MECHANISMS: OidSet = OidSet { count: 1, elements: &raw const KRB5 };

const fn oid<const N: usize>(octets: &'static [u8; N]) -> Oid {
    assert!(N < 16);
    #[expect(clippy::as_conversions, reason = "of a small constant, in a constant")]
    #[expect(clippy::cast_possible_truncation, reason = "of a small constant, in a constant")]
    Oid { length: N as u32, elements: octets.as_ptr() }
}

/// `GSS_C_INITIATE`
pub(crate) const INITIATE: c_int = 1;
/// `GSS_C_ACCEPT`
pub(crate) const ACCEPT: c_int = 2;
/// `GSS_C_GSS_CODE`
pub(crate) const INTERFACE_CODE: c_int = 1;
/// `GSS_C_MECH_CODE`
pub(crate) const MECHANISM_CODE: c_int = 2;

type ImportName = unsafe extern "C" fn(*mut u32, *const Buffer, *const Oid, *mut Handle) -> u32;
type DisplayName = unsafe extern "C" fn(*mut u32, Handle, *mut Buffer, *mut *const Oid) -> u32;
type Release = unsafe extern "C" fn(*mut u32, *mut Handle) -> u32;
type ReleaseBuffer = unsafe extern "C" fn(*mut u32, *mut Buffer) -> u32;
type AcquireCred = unsafe extern "C" fn(
    *mut u32,
    Handle,
    u32,
    *const OidSet,
    c_int,
    *mut Handle,
    *mut *mut OidSet,
    *mut u32,
) -> u32;
type AcquireCredFrom = unsafe extern "C" fn(
    *mut u32,
    Handle,
    u32,
    *const OidSet,
    c_int,
    *const KeyValueSet,
    *mut Handle,
    *mut *mut OidSet,
    *mut u32,
) -> u32;
type InitSecContext = unsafe extern "C" fn(
    *mut u32,
    Handle,
    *mut Handle,
    Handle,
    *const Oid,
    u32,
    u32,
    *const c_void,
    *const Buffer,
    *mut *const Oid,
    *mut Buffer,
    *mut u32,
    *mut u32,
) -> u32;
type AcceptSecContext = unsafe extern "C" fn(
    *mut u32,
    *mut Handle,
    Handle,
    *const Buffer,
    *const c_void,
    *mut Handle,
    *mut *const Oid,
    *mut Buffer,
    *mut u32,
    *mut u32,
    *mut Handle,
) -> u32;
type DeleteSecContext = unsafe extern "C" fn(*mut u32, *mut Handle, *mut Buffer) -> u32;
type InquireContext = unsafe extern "C" fn(
    *mut u32,
    Handle,
    *mut Handle,
    *mut Handle,
    *mut u32,
    *mut *const Oid,
    *mut u32,
    *mut c_int,
    *mut c_int,
) -> u32;
type Wrap = unsafe extern "C" fn(
    *mut u32,
    Handle,
    c_int,
    u32,
    *const Buffer,
    *mut c_int,
    *mut Buffer,
) -> u32;
type Unwrap =
    unsafe extern "C" fn(*mut u32, Handle, *const Buffer, *mut Buffer, *mut c_int, *mut u32) -> u32;
type WrapSizeLimit = unsafe extern "C" fn(*mut u32, Handle, c_int, u32, u32, *mut u32) -> u32;
type DisplayStatus =
    unsafe extern "C" fn(*mut u32, u32, c_int, *const Oid, *mut u32, *mut Buffer) -> u32;

/// The functions of one loaded library, which is never unloaded.
pub(crate) struct Api {
    pub(crate) import_name: ImportName,
    pub(crate) display_name: DisplayName,
    pub(crate) release_name: Release,
    pub(crate) release_buffer: ReleaseBuffer,
    pub(crate) acquire_cred: AcquireCred,
    /// An extension of MIT's.
    pub(crate) acquire_cred_from: Option<AcquireCredFrom>,
    pub(crate) release_cred: Release,
    pub(crate) init_sec_context: InitSecContext,
    pub(crate) accept_sec_context: AcceptSecContext,
    pub(crate) delete_sec_context: DeleteSecContext,
    pub(crate) inquire_context: InquireContext,
    pub(crate) wrap: Wrap,
    pub(crate) unwrap: Unwrap,
    pub(crate) wrap_size_limit: WrapSizeLimit,
    pub(crate) display_status: DisplayStatus,
}
