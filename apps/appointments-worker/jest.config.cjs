module.exports = { displayName: 'appointments-worker', preset: '../../jest.preset.cjs' };
