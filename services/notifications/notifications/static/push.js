// Lets this browser be sent notices: asks for the permission, subscribes, and tells the page's service.
const button = document.querySelector("[data-push-key]");
if (button && "serviceWorker" in navigator && "PushManager" in window) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const said = document.getElementById("push-said");
    try {
      const worker = await navigator.serviceWorker.register("/preferences/worker.js", { scope: "/preferences/" });
      const subscription = await worker.pushManager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: button.dataset.pushKey,
      });
      const { endpoint, keys } = subscription.toJSON();
      const answer = await fetch(button.dataset.pushTo, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ endpoint, p256dh: keys.p256dh, auth: keys.auth }),
      });
      if (!answer.ok) throw new Error(answer.statusText);
      location.reload();
    } catch {
      said.textContent = button.dataset.pushFailed;
    }
  });
}
