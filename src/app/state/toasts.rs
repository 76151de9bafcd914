//! The short messages on the screen, and which of them go when.

/// Errors shown at once; the oldest makes room.
const ERRORS: usize = 3;

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast<T> {
    /// Never given twice, so that what removes an old message cannot remove a new one.
    pub id: u64,
    /// Stays until it is closed, or another page opens.
    pub stays: bool,
    /// What it says.
    pub text: String,
    /// How it looks and what it offers.
    pub look: T,
}

/// All of them, the oldest first.
#[derive(Clone, Debug)]
pub struct Toasts<T> {
    last_id: u64,
    list: Vec<Toast<T>>,
}

impl<T> Default for Toasts<T> {
    fn default() -> Self {
        Self {
            last_id: 0,
            list: Vec::new(),
        }
    }
}

impl<T: Clone> Toasts<T> {
    /// Adds one and returns its id; an older one with the same words goes.
    pub fn add(&mut self, stays: bool, text: String, look: T) -> u64 {
        self.last_id += 1;
        let id = self.last_id;
        self.list.retain(|t| t.text != text);
        self.list.push(Toast {
            id,
            stays,
            text,
            look,
        });
        let over = self.list.iter().filter(|t| t.stays).count();
        if over > ERRORS
            && let Some(oldest) = self.list.iter().position(|t| t.stays)
        {
            self.list.remove(oldest);
        }
        id
    }

    /// Takes one away.
    pub fn close(&mut self, id: u64) {
        self.list.retain(|t| t.id != id);
    }

    /// Takes away what another page has nothing to do with: the errors of the last one.
    pub fn leave_page(&mut self) {
        self.list.retain(|t| !t.stays);
    }

    /// Those there are, the oldest first.
    pub fn list(&self) -> Vec<Toast<T>> {
        self.list.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(t: &Toasts<()>) -> Vec<String> {
        t.list().into_iter().map(|t| t.text).collect()
    }

    #[test]
    fn the_timer_of_a_closed_message_removes_no_other() {
        let mut t = Toasts::default();
        let first = t.add(false, "done".into(), ());
        t.close(first);
        let error = t.add(true, "failed".into(), ());
        assert_ne!(first, error);
        t.close(first);
        assert_eq!(texts(&t), ["failed"]);
    }

    #[test]
    fn errors_do_not_pile_up_and_go_with_their_page() {
        let mut t = Toasts::default();
        t.add(false, "done".into(), ());
        for i in 1..=5 {
            t.add(true, format!("error {i}"), ());
        }
        t.add(true, "error 4".into(), ());
        assert_eq!(texts(&t), ["done", "error 3", "error 5", "error 4"]);
        t.leave_page();
        assert_eq!(texts(&t), ["done"]);
    }
}
