//! Looking for what can compute, as a job: graphics drivers take their time.

use super::{Job, Waker};
use crate::model::Compute;
use crate::model::device::DeviceInfo;

/// The devices, and a sentence where there is no GPU.
pub type DevicesFound = (Vec<DeviceInfo>, Option<String>);

/// Starts the search.
pub fn spawn_devices(waker: Waker) -> Job<(), DevicesFound> {
    Job::spawn("devices", waker, |_| Ok(Compute::list()))
}
