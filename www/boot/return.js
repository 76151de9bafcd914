// A sign-in window comes back here with its answer in the address. It hands the answer to the
// page that opened it, takes it out of the address, and closes.
if (/[#&]state=/.test(location.hash) && /[#&](access_token|error)=/.test(location.hash)) {
  const answer = location.hash;
  history.replaceState(null, "", location.pathname);
  new BroadcastChannel("screensmith-sign-in").postMessage(answer);
  window.close();
}
