/* SPDX-License-Identifier: Apache-2.0 */
package io.github.dl4jdynamics.spectral.samediff;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The functions of the eigenvalues, as graphs on {@code d_i = u_i^T A u_i [k]}. Their order is a file format: saved
 * graphs hold the ordinal.
 */
enum EigenFunction {
    NUCLEAR_NORM {
        @Override
        SDVariable of(SameDiff sd, SDVariable d, double[] weights) {
            return sd.sum(sd.math().abs(d));
        }
    },
    TOP_K {
        @Override
        SDVariable of(SameDiff sd, SDVariable d, double[] weights) {
            return sd.sum(d);
        }
    },
    BROCKETT {
        @Override
        SDVariable of(SameDiff sd, SDVariable d, double[] weights) {
            SDVariable m = sd.constant(Nd4j.createFromArray(weights).castTo(d.dataType()));
            return sd.math().neg(sd.sum(d.mul(m)));
        }
    },
    POWER {
        @Override
        SDVariable of(SameDiff sd, SDVariable d, double[] weights) {
            SDVariable zero = sd.constant(Nd4j.scalar(d.dataType(), 0));
            return sd.math().neg(sd.sum(sd.math().pow(sd.math().max(d, zero), 1.5)));
        }
    },
    EXPONENTIAL {
        @Override
        SDVariable of(SameDiff sd, SDVariable d, double[] weights) {
            SDVariable limit = sd.constant(Nd4j.scalar(d.dataType(), d.dataType() == DataType.DOUBLE ? 700 : 80));
            return sd.math().neg(sd.sum(sd.math().exp(sd.math().min(d, limit))));
        }
    };

    /** The scalar function; {@code weights} are read by BROCKETT alone. */
    abstract SDVariable of(SameDiff sd, SDVariable d, double[] weights);

    static EigenFunction of(ConvexFunction convex) {
        return convex == ConvexFunction.POWER ? POWER : EXPONENTIAL;
    }
}
