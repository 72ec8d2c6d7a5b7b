//! Stand-in until branch `audio` is merged: the same signatures, and silence.

use crate::music::{Score, Tick};
use std::sync::Arc;

#[derive(Clone, Debug)]
pub struct PlayerStatus {
    pub device: Option<String>,
    pub sample_rate: u32,
    pub sentence: String,
    pub silent: bool,
}

#[derive(Debug, Default)]
pub struct Player {
    playing: bool,
    position: f64,
}

impl Player {
    pub fn open() -> Self {
        Self::default()
    }
    pub fn silent() -> Self {
        Self::default()
    }
    pub fn status(&self) -> PlayerStatus {
        PlayerStatus { device: None, sample_rate: 48_000, sentence: "No audio device: silent".into(), silent: true }
    }
    pub fn load(&mut self, _score: Arc<Score>, _muted: &[bool]) {}
    pub fn play(&mut self, from: Tick) {
        (self.playing, self.position) = (true, from as f64);
    }
    pub fn stop(&mut self) {
        self.playing = false;
    }
    pub fn seek(&mut self, tick: Tick) {
        self.position = tick as f64;
    }
    pub fn is_playing(&self) -> bool {
        self.playing
    }
    pub fn position(&self) -> f64 {
        self.position
    }
    pub fn set_loop(&mut self, _range: Option<(Tick, Tick)>) {}
    pub fn set_volume(&mut self, _volume: f32) {}
    pub fn audition(&mut self, _program: u8, _drums: bool, _pitch: u8, _velocity: u8, _millis: u32) {}
    pub fn panic(&mut self) {}
}
