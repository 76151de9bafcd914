export default {
  base: './',
  build: { target: 'esnext', assetsInlineLimit: 0 },
  worker: { format: 'es' },
};
