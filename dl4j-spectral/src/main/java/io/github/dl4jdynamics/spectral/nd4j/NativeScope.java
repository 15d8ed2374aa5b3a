/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.nd4j;

import java.util.ArrayList;
import java.util.List;

import org.bytedeco.javacpp.Pointer;

/**
 * Native memory that is freed when the scope closes. Every block starts on a cache line, which vector loads in BLAS
 * reward, and is unknown to the garbage collector, so that no collection runs on its account.
 */
final class NativeScope implements AutoCloseable {

    static final int LINE_BYTES = 64;

    private final List<Pointer> blocks = new ArrayList<>();

    /** Uninitialized memory; the address of the pointer is a multiple of {@value #LINE_BYTES}. */
    Pointer bytes(long count) {
        Pointer block = Pointer.malloc(count + LINE_BYTES);
        if (block == null || block.isNull()) {
            throw new OutOfMemoryError("no native memory for " + count + " bytes of a LAPACK workspace");
        }
        blocks.add(block);
        return new Aligned(block);
    }

    @Override
    public void close() {
        blocks.forEach(Pointer::free);
        blocks.clear();
    }

    private static final class Aligned extends Pointer {
        Aligned(Pointer block) {
            super(block);
            address = (address + LINE_BYTES - 1) / LINE_BYTES * LINE_BYTES;
        }
    }
}
