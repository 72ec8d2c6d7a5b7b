//! What can compute: the one place where burn's backends are named.

use burn::tensor::{Device, DeviceKind, DeviceType};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A device by the name a user gives it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compute {
    /// burn's flex backend.
    #[default]
    Cpu,
    /// burn's older CPU backend.
    NdArray,
    /// The n-th GPU that wgpu (or, where built in, CUDA) finds.
    Gpu(usize),
    /// What wgpu finds that draws in software, such as Mesa's llvmpipe: slow, for trying what a GPU would compute.
    /// In no list.
    Software,
}

#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    #[error("no such device: \"{0}\" (cpu, ndarray, gpu or gpu:N)")]
    Unknown(String),
    #[error("no GPU number {wanted}: {found}")]
    NoGpu { wanted: usize, found: String },
    #[error("no software renderer of Vulkan was found (on Debian: mesa-vulkan-drivers)")]
    NoSoftware,
}

impl std::str::FromStr for Compute {
    type Err = DeviceError;

    fn from_str(text: &str) -> Result<Self, DeviceError> {
        match text {
            "cpu" | "flex" => Ok(Compute::Cpu),
            "ndarray" => Ok(Compute::NdArray),
            "gpu" => Ok(Compute::Gpu(0)),
            "gpu:software" => Ok(Compute::Software),
            _ => text
                .strip_prefix("gpu:")
                .and_then(|n| n.parse().ok())
                .map(Compute::Gpu)
                .ok_or_else(|| DeviceError::Unknown(text.to_owned())),
        }
    }
}

impl std::fmt::Display for Compute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Compute::Cpu => f.write_str("cpu"),
            Compute::NdArray => f.write_str("ndarray"),
            Compute::Gpu(n) => write!(f, "gpu:{n}"),
            Compute::Software => f.write_str("gpu:software"),
        }
    }
}

/// A device that is there, as shown to a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceInfo {
    pub compute: Compute,
    pub label: String,
}

impl Compute {
    /// The burn device, without gradients.
    ///
    /// # Errors
    /// [`DeviceError::NoGpu`] with what was found instead, [`DeviceError::NoSoftware`].
    pub fn open(self) -> Result<Device, DeviceError> {
        match self {
            Compute::Cpu => Ok(Device::flex()),
            // Deprecated upstream in favour of flex; kept selectable for as long as burn ships it.
            #[allow(deprecated)]
            Compute::NdArray => Ok(Device::ndarray()),
            Compute::Gpu(wanted) => {
                let (mut gpus, found) = gpus();
                if wanted < gpus.len() {
                    Ok(gpus.swap_remove(wanted).0)
                } else {
                    Err(DeviceError::NoGpu { wanted, found })
                }
            }
            Compute::Software => software().map(|(device, _)| device).ok_or(DeviceError::NoSoftware),
        }
    }

    /// Every device of this machine, and a sentence about GPUs where there is none.
    pub fn list() -> (Vec<DeviceInfo>, Option<String>) {
        let mut all = vec![
            DeviceInfo { compute: Compute::Cpu, label: format!("CPU ({} threads)", n_threads()) },
            DeviceInfo { compute: Compute::NdArray, label: "CPU, burn-ndarray (older)".to_owned() },
        ];
        let (gpus, found) = gpus();
        let none = gpus.is_empty().then_some(found);
        all.extend(gpus.into_iter().enumerate().map(|(n, (_, label))| DeviceInfo { compute: Compute::Gpu(n), label }));
        (all, none)
    }
}

fn n_threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Devices with their names, and a sentence on what the search found. Drivers may panic where there
/// is nothing to find: that is an answer too.
fn gpus() -> (Vec<(Device, String)>, String) {
    let mut found = Vec::new();
    #[cfg(feature = "cuda")]
    if let Ok(devices) = quietly(|| Device::enumerate(DeviceType::Cuda).into_vec()) {
        found.extend(devices.into_iter().filter_map(|d| named(d, "CUDA")));
    }
    let software = match quietly(|| Device::enumerate(DeviceType::Wgpu).into_vec()) {
        Err(reason) => return (found, format!("no graphics driver was found ({reason})")),
        Ok(devices) => {
            let software = Device::wgpu(DeviceKind::Cpu);
            let (cpu, gpu): (Vec<_>, Vec<_>) = devices.into_iter().partition(|d| *d == software);
            found.extend(gpu.into_iter().filter_map(|d| named(d, "wgpu")));
            cpu.into_iter().find_map(|d| named(d, "wgpu"))
        }
    };
    let sentence = match (&software, found.is_empty()) {
        (Some((_, name)), true) => {
            format!("No GPU was found, only the software renderer {}: training runs on the CPU", short(name))
        }
        (None, true) => "No graphics adapter was found: training runs on the CPU".to_owned(),
        (_, false) => format!("{} found", found.len()),
    };
    (found, sentence)
}

/// The adapter that draws in software, with its name.
fn software() -> Option<(Device, String)> {
    let devices = quietly(|| Device::enumerate(DeviceType::Wgpu).into_vec()).ok()?;
    let software = Device::wgpu(DeviceKind::Cpu);
    devices.into_iter().find(|d| *d == software).and_then(|d| named(d, "wgpu"))
}

/// The first word of an adapter's name.
fn short(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

fn named(device: Device, by: &str) -> Option<(Device, String)> {
    let name = quietly(|| device.identity().map(|i| i.name)).ok()??;
    Some((device, format!("{name} ({by})")))
}

/// Runs `f`, turning a panic into its text. The panic message is not printed.
fn quietly<T>(f: impl FnOnce() -> T) -> Result<T, String> {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let out = catch_unwind(AssertUnwindSafe(f));
    std::panic::set_hook(hook);
    out.map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
        text.unwrap_or("unknown reason").lines().next().unwrap_or_default().to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_parsing_agree() {
        for compute in [Compute::Cpu, Compute::NdArray, Compute::Gpu(0), Compute::Gpu(3), Compute::Software] {
            assert_eq!(compute.to_string().parse::<Compute>().expect("parses"), compute);
        }
        assert!("tpu".parse::<Compute>().is_err());
        assert!("gpu:x".parse::<Compute>().is_err());
    }
}
