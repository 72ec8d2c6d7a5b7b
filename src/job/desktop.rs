//! What a long job asks of the desktop: to stay awake meanwhile, to say that it is done.

/// The computer does not fall asleep by itself while this lives.
pub struct Awake {
    _held: keepawake::KeepAwake,
}

impl Awake {
    /// # Errors
    /// A sentence, where the system cannot be asked.
    pub fn while_alive(reason: &str) -> Result<Self, String> {
        let mut wish = keepawake::Builder::default();
        wish.idle(true).reason(reason).app_name("Cadenza").app_reverse_domain("io.cadenza.Cadenza");
        let held = wish.create().map_err(|e| {
            let why = e.to_string();
            let why = why.lines().next().unwrap_or_default();
            format!("the computer cannot be asked to stay awake ({why}): see that it does not fall asleep")
        })?;
        Ok(Self { _held: held })
    }
}

/// Shows a notification of the desktop. Never waits; where there is no such service nothing is shown, and
/// what matters stands in the window as well.
pub fn notify(title: &str, body: &str) {
    let (title, body) = (title.to_owned(), body.to_owned());
    let show = move || {
        let mut note = notify_rust::Notification::new();
        let _ = note.appname("Cadenza").summary(&title).body(&body).show();
    };
    // No thread, no notification.
    let _ = std::thread::Builder::new().name("notification".to_owned()).spawn(show);
}
