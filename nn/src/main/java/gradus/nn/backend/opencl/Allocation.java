package gradus.nn.backend.opencl;

import gradus.nn.backend.Buffer;

/** The memory of one buffer on a device. */
record Allocation(DeviceQueue device, MemoryPool.Block block) implements Buffer.DeviceMemory {

    @Override
    public void download(Object array) {
        device.read(block, array);
    }
}
