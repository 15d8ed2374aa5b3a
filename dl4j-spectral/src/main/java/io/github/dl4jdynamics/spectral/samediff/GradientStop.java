/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.samediff;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.custom.BitCast;

/**
 * The value of a vector, bit by bit, without its gradient.
 *
 * <p>DL4J-M2.1: a gradient never passes a variable that is not floating point, and ops before one are never
 * differentiated; so the bits are read as integers and back again. The {@code stop_gradient} op would still
 * differentiate what lies before it, and {@code qr} refuses that. {@code bitcast} copies memory as it lies, whatever
 * the order of its input, to a row-major output: hence vectors only.
 */
final class GradientStop {

    private GradientStop() {}

    static SDVariable of(SDVariable vector) {
        SameDiff sd = vector.getSameDiff();
        DataType type = vector.dataType();
        DataType bits = type == DataType.DOUBLE ? DataType.INT64 : DataType.INT32;
        return new Bits(sd, new Bits(sd, vector, bits).outputVariable(), type).outputVariable();
    }

    /** DL4J-M2.1: {@code BitCast} has no constructor for a SameDiff graph that knows the type of its output. */
    private static final class Bits extends BitCast {

        Bits(SameDiff sd, SDVariable input, DataType type) {
            setSameDiff(sd);
            setInstanceId();
            sd.addArgsFor(new SDVariable[] {input}, this);
            addIArgument(type.toInt());
        }
    }
}
