module.exports = { displayName: 'http-worker', preset: '../../jest.preset.cjs' };
