module.exports = { displayName: 'worker-sdk', preset: '../../jest.preset.cjs' };
