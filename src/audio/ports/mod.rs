//! MIDI ports: what a keyboard sends is played and handed to the window, what is played is sent to any
//! port that listens. The only place that knows midir.
//!
//! Opening ports may take a moment: call from a thread that may wait. No ports at all is normal.

mod bytes;
mod output;

pub use output::{Link, Output};

use super::quiet::hush;
use super::timeline::Message;
use midir::{MidiInput, MidiInputConnection, MidiOutput};
use rtrb::Producer;
use serde::{Deserialize, Serialize};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

const CLIENT: &str = "Cadenza";
/// What ALSA gives back everything that is sent to it by: hearing it would be an echo.
const ECHO: &str = "Midi Through";

/// What a user chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MidiSettings {
    pub input: InputChoice,
    pub output: OutputChoice,
    /// Sends MIDI's clock, so that others keep our tempo.
    pub clock: bool,
    /// With a port listening, the score sounds here too.
    pub local: bool,
}

impl Default for MidiSettings {
    fn default() -> Self {
        Self { input: InputChoice::All, output: OutputChoice::Off, clock: false, local: true }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InputChoice {
    Off,
    /// Every keyboard there is.
    #[default]
    All,
    Port(String),
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutputChoice {
    #[default]
    Off,
    Port(String),
    /// A port of our own, which other programs connect to.
    Virtual,
}

/// The names of the ports there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PortNames {
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
}

/// Whether other programs can be offered a port of our own.
pub const HAS_VIRTUAL: bool = cfg!(unix);

/// Something played by hand, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Played {
    pub at: Instant,
    pub message: Message,
}

/// Where played messages go: to the audio thread of the moment, and to the window.
#[derive(Clone)]
pub struct Hands {
    pub to_sound: Arc<Mutex<Option<Producer<Message>>>>,
    pub to_window: Sender<Played>,
    pub waker: super::engine::Waker,
}

impl Hands {
    fn hear(&self, bytes: &[u8]) {
        let Some(message) = bytes::parse(bytes) else { return };
        // Not the audio thread: it may lock.
        if let Some(ring) = self.to_sound.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            // A full ring means that nothing has sounded for long: there is no use in more.
            let _ = ring.push(message);
        }
        if self.to_window.send(Played { at: Instant::now(), message }).is_ok() {
            (self.waker)();
        }
    }
}

/// Open ports, until dropped.
#[derive(Default)]
pub struct Ports {
    inputs: Vec<MidiInputConnection<()>>,
    pub output: Option<Output>,
    /// The name of the port that listens.
    pub output_name: Option<String>,
    /// What could not be had, as sentences.
    pub remarks: Vec<String>,
}

impl Ports {
    pub fn n_inputs(&self) -> usize {
        self.inputs.len()
    }
}

/// What there is. A system without MIDI has none.
pub fn list() -> PortNames {
    hush();
    let inputs = MidiInput::new(CLIENT).map(|m| m.ports().iter().filter_map(|p| m.port_name(p).ok()).collect());
    let outputs = MidiOutput::new(CLIENT).map(|m| m.ports().iter().filter_map(|p| m.port_name(p).ok()).collect());
    PortNames { inputs: inputs.unwrap_or_default(), outputs: outputs.unwrap_or_default() }
}

/// Opens what `settings` choose.
pub fn open(settings: &MidiSettings, hands: &Hands) -> Ports {
    hush();
    let mut ports = Ports::default();
    open_inputs(&settings.input, hands, &mut ports);
    match &settings.output {
        OutputChoice::Off => {}
        choice => match open_output(choice) {
            Ok((output, name)) => (ports.output, ports.output_name) = (Some(output), Some(name)),
            Err(why) => ports.remarks.push(why),
        },
    }
    ports
}

fn open_inputs(choice: &InputChoice, hands: &Hands, ports: &mut Ports) {
    let wanted = |name: &str| match choice {
        InputChoice::Off => false,
        InputChoice::All => !name.contains(ECHO) && !name.contains(CLIENT),
        InputChoice::Port(port) => same_port(name, port),
    };
    if *choice == InputChoice::Off {
        return;
    }
    let names = list().inputs;
    for name in names.iter().filter(|n| wanted(n)) {
        // midir connects once an input; each port needs its own.
        let Ok(input) = MidiInput::new(CLIENT) else { continue };
        let Some(port) = input.ports().into_iter().find(|p| input.port_name(p).is_ok_and(|n| n == *name)) else {
            continue;
        };
        let hands = hands.clone();
        match input.connect(&port, "in", move |_, bytes, ()| hands.hear(bytes), ()) {
            Ok(connection) => ports.inputs.push(connection),
            Err(e) => ports.remarks.push(format!("The MIDI port {name} could not be opened ({e}).")),
        }
    }
    if let InputChoice::Port(port) = choice
        && !names.iter().any(|n| wanted(n))
    {
        ports.remarks.push(format!("The MIDI input {port} is not there."));
    }
}

fn open_output(choice: &OutputChoice) -> Result<(Output, String), String> {
    let output = MidiOutput::new(CLIENT).map_err(|_| "This system has no MIDI ports.".to_owned())?;
    let (mut connection, name) = match choice {
        OutputChoice::Port(wanted) => {
            let named = output.ports().into_iter().filter_map(|p| output.port_name(&p).ok().map(|n| (p, n)));
            let Some((port, name)) = named.into_iter().find(|(_, n)| same_port(n, wanted)) else {
                return Err(format!("The MIDI output {wanted} is not there."));
            };
            let refused =
                |e: midir::ConnectError<MidiOutput>| format!("The MIDI port {name} could not be opened ({e}).");
            (output.connect(&port, "out").map_err(refused)?, name.clone())
        }
        _ => (offer(output)?, CLIENT.to_owned()),
    };
    // A port that was unplugged takes no more; the list of ports says so, silence here is right.
    let send = move |bytes: &[u8]| {
        let _ = connection.send(bytes);
    };
    Ok((Output::start(send), name))
}

#[cfg(unix)]
fn offer(output: MidiOutput) -> Result<midir::MidiOutputConnection, String> {
    use midir::os::unix::VirtualOutput;
    output.create_virtual("Cadenza").map_err(|e| format!("A MIDI port could not be offered ({e})."))
}

#[cfg(not(unix))]
fn offer(_: MidiOutput) -> Result<midir::MidiOutputConnection, String> {
    Err("This system lets no program offer a MIDI port; one of its own (loopMIDI, say) can be chosen.".to_owned())
}

/// ALSA ends a port's name in numbers that change from day to day.
fn same_port(a: &str, b: &str) -> bool {
    fn stem(name: &str) -> &str {
        let number = |tail: &str| tail.contains(':') && tail.chars().all(|c| c.is_ascii_digit() || c == ':');
        name.rsplit_once(' ').filter(|(_, tail)| number(tail)).map_or(name, |(stem, _)| stem)
    }
    a == b || stem(a) == stem(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_known_by_its_name_without_its_numbers() {
        assert!(same_port("Piano:Piano MIDI 1 20:0", "Piano:Piano MIDI 1 24:0"));
        assert!(!same_port("Piano 1", "Piano 2"));
        assert!(!same_port("Piano:Piano MIDI 1 20:0", "Piano:Piano MIDI 2 20:1"));
    }

    #[test]
    fn what_is_played_goes_to_the_sound_and_to_the_window() {
        let (ring, mut sound) = rtrb::RingBuffer::new(4);
        let (to_window, window) = std::sync::mpsc::channel();
        let hands = Hands { to_sound: Arc::new(Mutex::new(Some(ring))), to_window, waker: Arc::new(|| {}) };
        hands.hear(&[0x90, 60, 100]);
        hands.hear(&[0xF8]);
        let message = Message::NoteOn { pitch: 60, velocity: 100 };
        assert_eq!(sound.pop(), Ok(message));
        assert!(sound.pop().is_err());
        assert_eq!(window.try_iter().map(|p| p.message).collect::<Vec<_>>(), [message]);
    }
}
