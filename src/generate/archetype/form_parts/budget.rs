//! Element budgets.

/// Room left on a screen: elements and height.
#[derive(Clone, Copy, Debug)]
pub(in crate::generate::archetype) struct Budget {
    /// Interactive elements still wanted.
    pub(in crate::generate::archetype) elements: i32,
    /// CSS px still free.
    pub(in crate::generate::archetype) height: f32,
}

impl Budget {
    pub(in crate::generate::archetype) fn new(elements: u32, height: f32) -> Self {
        Self {
            elements: elements as i32,
            height,
        }
    }

    /// Pays for a part, whether or not there is room.
    pub(in crate::generate::archetype) fn pay(&mut self, elements: u32, height: f32) {
        self.elements -= elements as i32;
        self.height -= height;
    }

    /// Pays for a part when there is room for it.
    pub(in crate::generate::archetype) fn take(&mut self, elements: u32, height: f32) -> bool {
        let fits = self.elements >= elements as i32 && self.height >= height;
        if fits {
            self.pay(elements, height);
        }
        fits
    }
}
