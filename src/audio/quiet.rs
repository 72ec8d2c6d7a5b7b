//! ALSA's library writes what it tries and fails to open on stderr; that is no news for a user, who gets
//! a sentence from us. Elsewhere there is nothing to quieten.

/// From now on nothing of the kind is written from this thread.
#[cfg(target_os = "linux")]
pub fn hush() {
    // The handler collects the lines in a buffer of its own; nobody reads it. Where even that cannot be
    // had, they are written as before.
    let _ = alsa::Output::local_error_handler();
}

#[cfg(not(target_os = "linux"))]
pub fn hush() {}
