// Schemas are not compiled to code: the page's policy takes no code that is made from text. Said here, since a schema may be made in a file
// that is loaded before any that could say it.
globalThis.__zod_globalConfig = { jitless: true };

// Before anything is painted: the colours that were chosen here, else those of the system. A file, since the policy takes no inline script.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('writ-scheme');
  } catch {
    // Storage is off: the system's colours it is.
  }
  const dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
