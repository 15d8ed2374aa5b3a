document.documentElement.dataset.theme =
  window.matchMedia && matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
